import { expect, it } from 'vitest'
import { explainAwsError } from '../../cli/aws.ts'

const BESIDE_LOCAL_RUN = { AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:45678' }
const AT_AWS = { AWS_ENDPOINT_URL_SQS: 'https://vpce-1.sqs.us-east-1.vpce.amazonaws.com' }

it.each([
  [
    { name: 'InvalidClientTokenId' },
    BESIDE_LOCAL_RUN,
    'export all variables that it printed, and unset AWS_PROFILE',
  ],
  [{ name: 'InvalidClientTokenId' }, AT_AWS, 'run aws configure'],
  [{ code: 'ECONNREFUSED' }, BESIDE_LOCAL_RUN, 'the local system that AWS_ENDPOINT_URL_* name is gone'],
  [{ code: 'ECONNREFUSED' }, AT_AWS, 'AWS could not be reached'],
])('says of %j with %j what helps there', (error, environment, sentence) => {
  expect(explainAwsError(error, 'sqs:SendMessage', environment)).toContain(sentence)
})

it.each([
  [{ name: 'BrandNewException', code: 'E_NEW' }, 'sqs:SendMessage failed: BrandNewException (E_NEW)'],
  [{ name: 'no ada@x.example', code: 'ada@x.example' }, 'sqs:SendMessage failed: unknown error'],
  [{ name: 'KMS.ada@x.example' }, 'sqs:SendMessage failed: unknown error'],
])('repeats name and code of %j only as far as they are plain words', (given, sentence) => {
  expect(explainAwsError(Object.assign(new Error('ada@x.example'), given), 'sqs:SendMessage')).toBe(sentence)
})
