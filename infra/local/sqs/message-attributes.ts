import { md5OfMessageAttributes } from '../../../node_modules/fauxqs/dist/common/md5.js'
import type { StoredMessage } from './stored-message.ts'

type Attributes = StoredMessage['messageAttributes']

/**
 * The message attributes a receiver asked for by `names` ("All", ".*", a name or "prefix.*"), with their MD5.
 * Empty when it asked for none: fauxqs would give them all, which hides a consumer that forgot to ask.
 */
export function messageAttributes(
  message: StoredMessage,
  names: readonly string[],
): { MessageAttributes?: Attributes; MD5OfMessageAttributes?: string } {
  const isWanted = (name: string) =>
    names.some((wanted) =>
      wanted.endsWith('.*') ? name.startsWith(wanted.slice(0, -2)) : wanted === 'All' || wanted === name,
    )
  const entries = Object.entries(message.messageAttributes).filter(([name]) => isWanted(name))
  if (entries.length === 0) return {}
  const attributes = Object.fromEntries(entries)
  return { MessageAttributes: attributes, MD5OfMessageAttributes: md5OfMessageAttributes(attributes) }
}
