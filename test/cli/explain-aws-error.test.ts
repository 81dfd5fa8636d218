import { expect, it } from 'vitest'
import { explainAwsError } from '../../cli/aws.ts'

it.each([
  [{ name: 'BrandNewException', code: 'E_NEW' }, 'sqs:SendMessage failed: BrandNewException (E_NEW)'],
  [{ name: 'no ada@x.example', code: 'ada@x.example' }, 'sqs:SendMessage failed: unknown error'],
  [{ name: 'KMS.ada@x.example' }, 'sqs:SendMessage failed: unknown error'],
])('repeats name and code of %j only as far as they are plain words', (given, sentence) => {
  expect(explainAwsError(Object.assign(new Error('ada@x.example'), given), 'sqs:SendMessage')).toBe(sentence)
})
