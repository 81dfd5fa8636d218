export type Resolver = {
  /** Says what `Ref` and `Fn::GetAtt` of a resource that exists now mean. */
  define(logicalId: string, values: { ref: string; attributes?: Record<string, string> }): void
  /** Replaces the intrinsic functions in a template value. Throws on a resource that does not exist yet. */
  resolve(value: unknown): unknown
}

/** Resolves Ref, Fn::GetAtt and Fn::Join against the resources of the local system; other intrinsic functions stay as they are. */
export function createResolver(): Resolver {
  const defined = new Map<string, { ref: string; attributes?: Record<string, string> }>()

  function lookUp(logicalId: unknown, attribute?: unknown): string {
    const resource = defined.get(String(logicalId))
    const value = attribute === undefined ? resource?.ref : resource?.attributes?.[String(attribute)]
    if (value === undefined)
      throw new Error(`the template refers to ${logicalId}, which is not there locally`)
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

  return { define: (logicalId, values) => void defined.set(logicalId, values), resolve }
}
