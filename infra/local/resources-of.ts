import type * as z from 'zod'
import type { Resolver } from './create-resolver.ts'
import type { Template } from './template.ts'

/**
 * The resources of one type with their resolved properties, checked: [logical id, properties].
 * Only the properties named in the schema are resolved, so that the local system needs nothing it does not use.
 */
export function resourcesOf<Shape extends z.ZodRawShape>(
  template: Template,
  resolver: Resolver,
  type: string,
  schema: z.ZodObject<Shape>,
): [logicalId: string, properties: z.infer<typeof schema>][] {
  return Object.entries(template.Resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([logicalId, resource]) => {
      const known = Object.entries(resource.Properties ?? {}).filter(([name]) => name in schema.shape)
      return [logicalId, schema.parse(resolver.resolve(Object.fromEntries(known)))]
    })
}
