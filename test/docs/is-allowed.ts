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

function applies({ Principal, Action, Resource, Condition = {} }: Statement, asked: Asked): boolean {
  return (
    [Action].flat().some((action) => new RegExp(`^${action.replaceAll('*', '.*')}$`).test(asked.action)) &&
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
  return named === '*' || named === principal || (!!account && principal.includes(`:iam::${account}:`))
}

function holds(operator: string, keys: Record<string, string | string[]>, context: Asked['context']) {
  if (!['StringEquals', 'ArnEquals', 'Bool'].includes(operator)) throw new Error(`unknown: ${operator}`)
  return Object.entries(keys).every(([key, values]) => [values].flat().includes(context[key] ?? ''))
}
