/** The one resource whose logical id is `constructId` and CDK's hash. Throws when there is none. */
export function findById<Resource>(resources: ReadonlyMap<string, Resource>, constructId: string): Resource {
  const found = [...resources].find(([logicalId]) => logicalId.replace(/[0-9A-F]{8}$/, '') === constructId)
  if (!found) throw new Error(`the template has no ${constructId}`)
  return found[1]
}
