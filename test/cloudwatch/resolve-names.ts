/** A template value with each reference replaced by the logical id it points to, which is its name in the local system. */
export function resolveNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolveNames)
  if (typeof value !== 'object' || value === null) return value
  if ('Ref' in value) return String(value.Ref).replace('AWS::Region', 'us-east-1')
  if ('Fn::GetAtt' in value) return (value['Fn::GetAtt'] as string[])[0]
  if ('Fn::Join' in value) {
    const [separator, parts] = value['Fn::Join'] as [string, unknown[]]
    return parts.map(resolveNames).join(separator)
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolveNames(inner)]))
}
