import DataLoader from 'dataloader'
import type { ReadResets } from './read-resets.ts'

export type ReadReset = (person: string) => Promise<number | undefined>

/**
 * Returns what reads when one person was last reset (ms since the epoch; undefined: never). Whoever is asked for at the same
 * moment, by whichever records of a batch, is read together. Nothing is remembered. Rejects when the ledger could not be read.
 */
export function createReadReset(readResets: ReadResets): ReadReset {
  const readTogether = async (people: readonly string[]) => {
    const resets = await readResets(people)
    return people.map((person) => resets.get(person))
  }
  const loader = new DataLoader(readTogether, { cache: false })
  return (person) => loader.load(person)
}
