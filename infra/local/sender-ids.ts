import * as z from 'zod'
import type { Resolver, Template } from './template.ts'

const IdentitySchema = z.object({ Role: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }) })

/** The access key id of a function is its name. Returns what SQS says of who sends, by access key id: a function's role, or a user. */
export function readSenderIds({ Resources }: Template): (caller: string) => string {
  const functions = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::Lambda::Function')
  const ids = new Map(
    functions.map(([name, { Properties }]) => {
      const [role] = IdentitySchema.parse(Properties).Role['Fn::GetAtt']
      return [name, `${toRoleId(role)}:${name}`]
    }),
  )
  return (caller) => ids.get(caller) ?? toUserId(caller)
}

/** Defines what the template's outputs say of its roles. */
export function defineRoles({ Resources }: Template, resolver: Resolver): void {
  for (const [logicalId, { Type }] of Object.entries(Resources)) {
    if (Type !== 'AWS::IAM::Role') continue
    const attributes = { Arn: `arn:aws:iam::000000000000:role/${logicalId}`, RoleId: toRoleId(logicalId) }
    resolver.define(logicalId, { ref: logicalId, attributes })
  }
}

const ID_LENGTH = 21

/** The unique id of a role by its logical id, which ends with CDK's hash of 8 characters. */
function toRoleId(logicalId: string): string {
  return toId('AROA', logicalId.slice(0, ID_LENGTH - 4 - 8) + logicalId.slice(-8))
}

/** The unique id of the user whose access key it is. */
export function toUserId(accessKeyId: string): string {
  return toId('AIDA', accessKeyId)
}

function toId(prefix: string, name: string): string {
  return `${prefix}${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '')}`.padEnd(ID_LENGTH, '0')
}
