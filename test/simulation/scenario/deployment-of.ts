import type { Deployment } from '../world/world.ts'
import { DEPLOYMENTS } from './deployments.ts'
import type { Scenario } from './scenario.ts'

/** How the functions of a scenario are deployed. */
export function deploymentOf({ deployment, sources }: Scenario): Deployment {
  const { stage, ...rest } = DEPLOYMENTS[deployment]
  return { ...rest, stage: { ...stage, ...(sources && { sources }) } }
}
