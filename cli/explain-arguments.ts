/**
 * What is wrong with arguments that node:util's parseArgs refuses, in a sentence. Of what was typed it repeats nothing but the
 * name of an option: a word in the wrong place may be an e-mail address, and terminals are logged.
 */
export function explainArguments(error: unknown): string {
  const { code, message } = error as { code?: string; message: string }
  if (code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') return message
  const [unknown = 'there is an argument that this command does not take'] =
    /^Unknown option '--?[a-z-]+'/.exec(message) ?? []
  return unknown
}
