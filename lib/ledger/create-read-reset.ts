import DataLoader from 'dataloader'
import type { ReadResets } from './read-resets.ts'

const MOST_AT_ONCE = 100

export type ReadReset = (person: string) => Promise<number | undefined>

/**
 * Returns what reads when one person was last reset (ms since the epoch; undefined: never). Whoever is asked for at the same
 * moment, by whichever records of a batch, is read together, a hundred at a time: DynamoDB reads no more in one request. Nothing
 * is remembered. Rejects when the ledger could not be read.
 */
export function createReadReset(readResets: ReadResets): ReadReset {
  const readTogether = async (people: readonly string[]) => {
    const resets = await readResets(people)
    return people.map((person) => resets.get(person))
  }
  const loader = new DataLoader(readTogether, { cache: false, maxBatchSize: MOST_AT_ONCE })
  return (person) => loader.load(person)
}
