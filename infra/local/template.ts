import type * as z from 'zod'

/** The part of a CloudFormation template that the local system reads. */
export type Template = {
  Resources: Record<string, { Type: string; Properties?: unknown }>
  Outputs?: Record<string, { Value: unknown }>
}

export type Resolver = {
  /** Sets what `Ref` and `Fn::GetAtt` of a resource return, now that it exists. */
  define(logicalId: string, values: { ref: string; attributes?: Record<string, string> }): void
  /** Replaces the intrinsic functions in a template value. Throws for a resource that does not exist yet. */
  resolve(value: unknown): unknown
  isDefined(logicalId: string): boolean
}

/** Resolves Ref, Fn::GetAtt and Fn::Join to the resources of the local system. Leaves other intrinsic functions as they are. */
export function createResolver(): Resolver {
  const defined = new Map<string, { ref: string; attributes?: Record<string, string> }>()

  function lookUp(logicalId: unknown, attribute?: unknown): string {
    const resource = defined.get(String(logicalId))
    const value = attribute === undefined ? resource?.ref : resource?.attributes?.[String(attribute)]
    if (value === undefined)
      throw new Error(`the template refers to ${logicalId}, which does not exist locally`)
    return value
  }

  function resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(resolve)
    if (typeof value !== 'object' || value === null) return value
    const entries = Object.entries(value)
    const [name, argument] = entries[0] ?? []
    if (entries.length === 1 && name === 'Ref') return lookUp(argument)
    if (entries.length === 1 && name === 'Fn::GetAtt') return lookUp(argument[0], argument[1])
    if (entries.length === 1 && name === 'Fn::Join')
      return (resolve(argument[1]) as string[]).join(argument[0])
    return Object.fromEntries(entries.map(([key, inner]) => [key, resolve(inner)]))
  }

  return {
    define: (logicalId, values) => void defined.set(logicalId, values),
    resolve,
    isDefined: (logicalId) => defined.has(logicalId),
  }
}

/**
 * The resources of one type with their resolved properties, checked: [logical id, properties].
 * `ignored` names the properties that make no difference here, in addition to tags. Any other property that the schema does not
 * have throws: the local system must not quietly do less than the deployed one.
 */
export function resourcesOf<Shape extends z.ZodRawShape>(
  template: Template,
  resolver: Resolver,
  type: string,
  schema: z.ZodObject<Shape>,
  ignored: readonly string[] = [],
): [logicalId: string, properties: z.infer<typeof schema>][] {
  return Object.entries(template.Resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([logicalId, resource]) => {
      const present = Object.entries(resource.Properties ?? {}).filter(
        ([name]) => name !== 'Tags' && !ignored.includes(name),
      )
      const unknown = present.map(([name]) => name).filter((name) => !(name in schema.shape))
      if (unknown.length > 0)
        throw new Error(`${logicalId}: the local system does not know ${unknown.join(', ')}`)
      return [logicalId, schema.parse(resolver.resolve(Object.fromEntries(present)))]
    })
}
