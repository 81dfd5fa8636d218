import { type Duration, Token } from 'aws-cdk-lib/core'
import * as z from 'zod'

/** A whole number within limits. */
export function intBetween(min: number, max: number): z.ZodInt {
  const error = ({ input }: { input?: unknown }) =>
    `must be ${input === undefined ? 'set to ' : ''}a whole number from ${min} to ${max}`
  return z.int({ error }).min(min, { error }).max(max, { error })
}

/** A Duration within limits, in whole units. */
export function durationBetween(min: Duration, max: Duration, unit: 'seconds' | 'minutes' | 'hours') {
  const unitSeconds = { seconds: 1, minutes: 60, hours: 3_600 }[unit]
  return z.custom<Duration>(
    (value) => {
      if (!isDuration(value) || isKnownLater(value)) return false
      const seconds = value.toSeconds({ integral: false })
      return seconds % unitSeconds === 0 && seconds >= min.toSeconds() && seconds <= max.toSeconds()
    },
    {
      error: `must be a Duration of whole ${unit}, from ${min.toHumanString()} to ${max.toHumanString()}, such as Duration.${unit}(${min.toSeconds() / unitSeconds})`,
    },
  )
}

/** Not `instanceof`: the app may have another copy of the CDK. */
function isDuration(value: unknown): value is Duration {
  return has(value, 'toHumanString')
}

/** Whether a CDK app only knows a value at deployment, such as `key.keyArn`, a parameter, or the one item that stands for such a list. */
export function isKnownLater(value: unknown): boolean {
  return (
    Token.isUnresolved(value) || Token.isUnresolved([value]) || (isDuration(value) && value.isUnresolved())
  )
}

/** A string that matches a pattern. A value that is only known at deployment is accepted as it is. */
export function matching(pattern: RegExp, what: string): z.ZodString {
  const error = `must be ${what}`
  return z.string({ error }).refine((text) => isKnownLater(text) || pattern.test(text), { error })
}

/** A construct of the app, known by one of its properties, or a string. What either says, as far as it is known, matches a pattern. */
export function constructOr<Thing>(property: keyof Thing & string, pattern: RegExp, what: string) {
  return z.union([constructWith<Thing>(property, pattern, what), matching(pattern, what)], {
    error: `must be ${what}`,
  })
}

/** A construct of the app, known by one of its properties, which matches a pattern as far as it is known. */
export function constructWith<Thing>(property: keyof Thing & string, pattern: RegExp, what: string) {
  return z.custom<Thing>(
    (value) => {
      if (!has(value, property)) return false
      const text = value[property]
      return Token.isUnresolved(text) || (typeof text === 'string' && pattern.test(text))
    },
    { error: `must be ${what}` },
  )
}

/** A setting of `constructOr` as a string: the one that was given, or the construct's property. */
export function textOf<Name extends string>(
  given: Readonly<Record<Name, string>> | string,
  property: Name,
): string {
  return typeof given === 'string' ? given : given[property]
}

/** A list that may be left out. */
export function optionalList<Item extends z.ZodType>(item: Item) {
  return uniqueList(item, ', or be left out').optional()
}

/** A list with at least one item, and no item twice. `otherwise` says what else there may be. */
export function uniqueList<Item extends z.ZodType>(item: Item, otherwise = '') {
  return z
    .array(item, { error: 'must be a list' })
    .min(1, { error: `must name at least one${otherwise}` })
    .refine((items) => new Set(items).size === items.length, { error: 'must name each once' })
}

/** Whether a value is an object with this property, which may be a getter of its class. */
export function has<Name extends string>(value: unknown, property: Name): value is Record<Name, unknown> {
  return typeof value === 'object' && value !== null && property in value
}
