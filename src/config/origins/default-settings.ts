import { defaultLimits } from '../../model/target.ts'
import { defaultReports } from '../../report/format-files.ts'
import { defaultFailOn, defaultRelease, defaultScope } from '../defaults.ts'
import { authKindOf, impliedAuthKind, type PartialSettings } from '../partial-settings.ts'

/** What the settings are that nobody made; some follow from others. */
export function defaultSettings({ client = {}, groupId }: PartialSettings) {
  const auth = authKindOf(client)
  const isIssuedToken = auth === 'backend-services' || auth === 'client-secret'
  return {
    ig: defaultRelease,
    // Only claimed levels are judged. Without any level, a Group id implies the level `group`.
    levels: groupId === undefined ? [] : (['group'] as const),
    client: {
      ...(impliedAuthKind(client) ? {} : { auth }),
      ...(isIssuedToken ? { scope: defaultScope } : {}),
    },
    reports: defaultReports,
    failOn: defaultFailOn,
    concurrency: 1,
    limits: defaultLimits,
  } satisfies PartialSettings
}
