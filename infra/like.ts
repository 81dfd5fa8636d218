import { Token } from 'aws-cdk-lib'
import * as z from 'zod'

/** A text of a form. What another part of a CDK app will only know at deployment, such as `key.keyArn`, is taken as it is. */
export function like(pattern: RegExp, what: string): z.ZodString {
  const error = `must be ${what}`
  return z.string({ error }).refine((text) => Token.isUnresolved(text) || pattern.test(text), { error })
}
