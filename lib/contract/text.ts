import * as z from 'zod'

/** Free text of at most so many characters (Unicode code points, as JSON Schema counts them). */
export function text(maxLength: number) {
  return z
    .string()
    .refine((value) => [...value].length <= maxLength, {
      error: `must be at most ${maxLength} characters`,
    })
    .meta({ maxLength })
}
