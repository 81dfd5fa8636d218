/** A word of a command, so that any shell takes it as it is. Ids of events may have `$`, `;` and quotes in them. */
export function quote(word: string): string {
  return /^[\w./:=,+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
