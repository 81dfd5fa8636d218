/** What a command's help and completion are made of. `call`: how it is run, such as `breach-reset status`. */
export type Declaration = {
  call: string
  /** What may follow `call`, a line each. */
  synopsis: readonly string[]
  /** What the command does, a paragraph each. */
  about: readonly string[]
  positionals?: readonly Positional[]
  flags: Flags
  exitCodes: Readonly<Record<number, string>>
  /** Whole commands, as a shell takes them. */
  examples: readonly string[]
}

/** A flag of a command. `about`: its help; `group`: the heading it stands under. `value`: how help calls its value. */
export type Flag = { about: string; group?: string } & (
  | { type: 'boolean' }
  | { type: 'string'; value: string; default?: string; multiple?: true; choices?: readonly string[] }
)
export type Flags = Readonly<Record<string, Flag>>

/** An argument that is not a flag. `choices` are for completion only: `parse` says what is wrong with one. */
type Positional = { name: string; about: string; choices?: readonly string[] }
