export type Statement = {
  Effect: string
  Principal?: '*' | { AWS?: string | string[]; Service?: string | string[] }
  Action: string | string[]
  Resource: string | string[]
  Condition?: Record<string, Record<string, string | string[]>>
}

/** Who asks for what: the ARN of a role or the name of a service, and the condition keys that AWS sets. */
export type Asked = { principal: string; action: string; resource: string; context: Record<string, string> }

/** Whether a policy by itself allows what is asked, as IAM reads it: one statement allows it and none denies it. */
export function isAllowed(statements: readonly Statement[], asked: Asked): boolean {
  const applying = statements.filter((statement) => applies(statement, asked))
  return (
    applying.some(({ Effect }) => Effect === 'Allow') && applying.every(({ Effect }) => Effect === 'Allow')
  )
}

/**
 * Whether the policy of a queue or key, in the account `owner`, and the principal's own policy together allow what is asked. A policy
 * that names the principal is enough in its own account, and for a service; one that names the account leaves it to the principal's
 * own policy. In the same account, a queue leaves it to that policy without being asked, a key does not.
 */
export function mayDo(
  { owner, ofResource, own }: { owner: string; ofResource: readonly Statement[]; own: readonly Statement[] },
  asked: Asked,
): boolean {
  const applying = [...ofResource, ...own].filter((statement) => applies(statement, asked))
  if (applying.some(({ Effect }) => Effect === 'Deny')) return false
  const granting = ofResource.filter((statement) => applying.includes(statement))
  const isNamedItself = granting.some(({ Principal = '*' }) =>
    principalsIn(Principal).some((named) => named === '*' || named === asked.principal),
  )
  const account = accountOf(asked.principal)
  if (account === undefined) return isNamedItself
  const isTrusted = own.some((statement) => applying.includes(statement))
  if (account !== owner) return granting.length > 0 && isTrusted
  return isNamedItself || (isTrusted && (granting.length > 0 || asked.action.startsWith('sqs:')))
}

/** The account of a role; undefined for a service. */
function accountOf(principal: string): string | undefined {
  return /:iam::(\d{12}):/.exec(principal)?.[1]
}

function applies({ Principal, Action, Resource, Condition = {} }: Statement, asked: Asked): boolean {
  return (
    [Action].flat().some((action) => isLike(action, asked.action)) &&
    [Resource].flat().some((resource) => resource === '*' || resource === asked.resource) &&
    (Principal === undefined || principalsIn(Principal).some((named) => isNamed(named, asked.principal))) &&
    Object.entries(Condition).every(([operator, keys]) => holds(operator, keys, asked.context))
  )
}

function principalsIn(principal: NonNullable<Statement['Principal']>): string[] {
  return principal === '*' ? ['*'] : [principal.AWS ?? [], principal.Service ?? []].flat()
}

function isNamed(named: string, principal: string): boolean {
  const [, account] = named.match(/:iam::(\d{12}):root$/) ?? []
  return named === '*' || named === principal || (!!account && accountOf(principal) === account)
}

const OPERATORS: Record<string, (value: string | undefined, values: string[]) => boolean> = {
  StringEquals: isOneOf,
  ArnEquals: isOneOf,
  Bool: isOneOf,
  ArnLike: (value, patterns) => value !== undefined && patterns.some((pattern) => isLike(pattern, value)),
  StringNotEquals: (value, values) => !isOneOf(value, values),
  ArnNotEquals: (value, values) => !isOneOf(value, values),
}

function holds(operator: string, keys: Record<string, string | string[]>, context: Asked['context']) {
  const compare = OPERATORS[operator]
  if (!compare) throw new Error(`unknown: ${operator}`)
  return Object.entries(keys).every(([key, values]) => compare(context[key], [values].flat()))
}

function isOneOf(value: string | undefined, values: string[]): boolean {
  return value !== undefined && values.includes(value)
}

function isLike(pattern: string, value: string): boolean {
  const [start = '', ...rest] = pattern.split('*')
  const end = rest.pop()
  if (rest.length > 0) throw new Error(`unknown: ${pattern}`)
  return end === undefined ? value === pattern : value.startsWith(start) && value.endsWith(end)
}
