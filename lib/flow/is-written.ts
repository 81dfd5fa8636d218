import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'

/** Resolves to whether a conditional write was made, which is when its condition held. Rejects when that can't be known. */
export function isWritten(write: Promise<unknown>): Promise<boolean> {
  return write.then(
    () => true,
    (error) => (error instanceof ConditionalCheckFailedException ? false : Promise.reject(error)),
  )
}
