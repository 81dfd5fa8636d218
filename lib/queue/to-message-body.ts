/**
 * JSON that SQS accepts: JSON.stringify already escapes control characters and lone surrogates;
 * U+FFFE and U+FFFF, which XML 1.0 forbids as well, are escaped here.
 */
export function toMessageBody(value: unknown): string {
  return JSON.stringify(value).replace(/[\uFFFE\uFFFF]/g, (char) => `\\u${char.charCodeAt(0).toString(16)}`)
}
