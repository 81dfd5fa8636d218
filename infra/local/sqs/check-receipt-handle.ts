import { SqsError } from '../../../node_modules/fauxqs/dist/common/errors.js'

/** Refuses (ReceiptHandleIsInvalid) a receipt handle that no receive can have returned. */
export function checkReceiptHandle(receiptHandle: string): void {
  if (!/^[0-9a-f-]{36}$/.test(receiptHandle))
    throw new SqsError('ReceiptHandleIsInvalid', 'The input receipt handle is invalid.')
}
