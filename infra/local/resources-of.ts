import type * as z from 'zod'
import type { Resolver } from './create-resolver.ts'
import type { Template } from './template.ts'

/**
 * The resources of one type with their resolved properties, checked: [logical id, properties].
 * `ignored` names the properties that make no difference here, as tags never do. Any other that the schema does not know throws:
 * the local system must not quietly do less than the deployed one.
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
