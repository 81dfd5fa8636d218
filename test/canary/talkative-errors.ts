/** Errors that say `text` wherever an error can say anything. */
export function talkativeErrors(text: string): readonly unknown[] {
  const changedLater = new Error(`was: ${text}\n    at ${text}`)
  changedLater.message = `is: ${text}`
  const ofAws = Object.assign(
    new Error(`1 validation error: Value '${text}' failed`, { cause: new Error(text) }),
    {
      name: 'ValidationException',
      $fault: 'client',
      $metadata: { httpStatusCode: 400, requestId: text },
      $response: { body: text, headers: { 'x-amzn-requestid': text } },
      Item: { email: { S: text } },
    },
  )
  return [
    new Error(text),
    new TypeError(`first line\n    at ${text}`),
    changedLater,
    ofAws,
    Object.assign(new Error(text), { name: text, code: text, errno: text, syscall: text, path: text }),
    Object.assign(new Error(text), { stack: text }),
    Object.assign(new Error(text), { stack: `${text}\n    at ${text}` }),
    new AggregateError([new Error(text)], text),
    new SyntaxError(`Unexpected token in JSON: "${text}" is not valid JSON`),
    text,
    { message: text, name: text, toString: () => text },
  ]
}
