import { untilInterrupted } from '../../cli/terminal.ts'
import { createCleanUp } from '../../infra/local/local-system.ts'
import { createTranscript, type Transcript } from './transcript.ts'

/** What a drill does, step by step. Rejects with a sentence when a step does not show what it should, or the goal is missed. */
export type Drill = {
  /** The emergency, and what has to be reached. */
  goal: string
  play(transcript: Transcript, cleanUp: ReturnType<typeof createCleanUp>): Promise<void>
}

/** Plays a drill on the local system and prints its steps. Resolves to exit code 0 if its goal was met, else 1. */
export function runDrill({ goal, play }: Drill): Promise<number> {
  const print = (line: string) => void process.stdout.write(`${line}\n`)
  const cleanUp = createCleanUp()
  return untilInterrupted(cleanUp.run, async () => {
    print(`Goal: ${goal}\nSynthesizing the stack and booting it on 127.0.0.1 ...\n`)
    const transcript = createTranscript(print, () => performance.now())
    try {
      await play(transcript, cleanUp)
      print(`\nGOAL MET: ${transcript.summary()}`)
      return 0
    } catch (error) {
      print(`\nGOAL MISSED: ${error instanceof Error ? error.message : 'failed'}`)
      return 1
    }
  })
}
