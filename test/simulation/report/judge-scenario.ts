import { findViolations, type Violation } from '../invariants/find-violations.ts'
import type { Story } from '../invariants/story.ts'
import { tellStory } from '../invariants/tell-story.ts'
import { deploymentOf } from '../scenario/deployment-of.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { play } from '../world/play.ts'
import type { Seams } from '../world/seams.ts'

/** Plays a scenario and finds what it breaks. */
export async function judgeScenario(
  scenario: Scenario,
  seams: Seams = {},
): Promise<{ story: Story; violations: Violation[] }> {
  const story = tellStory(await play(scenario, deploymentOf(scenario), seams))
  return { story, violations: findViolations(story) }
}
