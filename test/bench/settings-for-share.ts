import { deriveSettings, type Settings } from '../../infra/derive-settings.ts'
import { stages } from '../fixtures/stages.ts'

/** The settings of the stage `prod` with such a rate that each of its environments may make `share` calls a second. */
export function settingsForShare(share: number): Settings {
  const stytchRequestsPerSecond = share * stages.prod.maximumConcurrency
  return deriveSettings({ ...stages.prod, stytchRequestsPerSecond })
}
