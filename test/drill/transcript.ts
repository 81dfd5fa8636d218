export type Transcript = ReturnType<typeof createTranscript>

/** Keeps what happens in a drill: each step with the minutes since the first event. `monotonic`: a clock in ms. */
export function createTranscript(print: (line: string) => void, monotonic: () => number) {
  let beganAt: number | undefined
  let commands = 0
  const minutes = () => (beganAt === undefined ? 0 : (monotonic() - beganAt) / 60_000)
  const stamp = (text: string) => print(`${minutes().toFixed(1).padStart(5)} min  ${text}`)
  return {
    /** The first event is about to be sent: from now on minutes are counted. */
    begin(): void {
      beganAt = monotonic()
    },
    minutes,
    /** Something happens without the operator. */
    happens: (text: string) => stamp(text),
    /** The operator types a command, and sees this line. */
    types(command: string, shown: string): void {
      commands++
      stamp(`$ ${command}`)
      print(`             ${shown}`)
    },
    commands: () => commands,
    summary: () => `${commands} commands, ${minutes().toFixed(1)} minutes`,
  }
}
