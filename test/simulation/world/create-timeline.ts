import type { Dice } from './create-dice.ts'

export type Timeline = {
  now(): number
  at(moment: number, happen: () => void): void
  after(ms: number, happen: () => void): void
  /** Lets everything happen, one thing after the other, until nothing is left, or the time is `until`, or `isEnough` says so. */
  run(until: number, isEnough: () => boolean): Promise<void>
}

/**
 * Virtual time in whole ms. Between two happenings the code under test runs until it waits again; what is due in the same
 * ms happens in an order that the dice choose. (fast-check's scheduler orders promises, but has no clock.)
 */
export function createTimeline(start: number, dice: Dice): Timeline {
  const due: { moment: number; order: number; happen: () => void }[] = []
  let time = start

  function at(moment: number, happen: () => void): void {
    const entry = { moment: Math.max(time, Math.ceil(moment)), order: dice.roll('order'), happen }
    let low = 0
    for (let high = due.length; low < high; ) {
      const middle = (low + high) >>> 1
      if (isBefore(due[middle] ?? entry, entry)) high = middle
      else low = middle + 1
    }
    due.splice(low, 0, entry)
  }

  /** The latest is first, so that the next one is cheap to take. */
  const isBefore = (one: { moment: number; order: number }, other: { moment: number; order: number }) =>
    one.moment < other.moment || (one.moment === other.moment && one.order < other.order)

  function run(until: number, isEnough: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      function next(): void {
        const soonest = due.at(-1)
        if (!soonest || soonest.moment > until || isEnough()) resolve()
        else take(soonest)
      }
      function take({ moment, happen }: (typeof due)[number]): void {
        due.pop()
        time = moment
        try {
          happen()
          setImmediate(next)
        } catch (error) {
          reject(error)
        }
      }
      setImmediate(next)
    })
  }

  return { now: () => time, at, after: (ms, happen) => at(time + ms, happen), run }
}
