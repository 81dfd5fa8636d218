/** What a command names an event by. */
export type Named = { id: string; source?: string | undefined }

/** A command about an event, in parts that belong together. An id and a source may begin with a dash. */
export function commandAbout(name: string, { id, source }: Named, ...flags: readonly string[]): string[] {
  const isFlagLike = id.startsWith('-')
  return [
    `npx --no breach-reset ${name}`,
    ...(isFlagLike ? [] : [quote(id)]),
    ...(source === undefined ? [] : [flag('source', source)]),
    ...flags,
    ...(isFlagLike ? [`-- ${quote(id)}`] : []),
  ]
}

/** A flag with its value, for a shell. A value that begins with a dash would be taken for a flag. */
export function flag(name: string, value: string): string {
  return `--${name}${value.startsWith('-') ? '=' : ' '}${quote(value)}`
}

/** A word of a command, so that any shell takes it as it is. Ids of events may have `$`, `;` and quotes in them, or begin with zsh's `=`. */
export function quote(word: string): string {
  return /^[\w./:,+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
