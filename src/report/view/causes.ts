import { listedText } from '../findings/listed-text.ts'
import { countOf, type ReasonGroup } from '../standings.ts'
import { linkedReason } from './cards.ts'
import type { PageContext } from './page-context.ts'

/** Tests that could not be judged for the same reason. */
export function causeView({ reason, tests }: ReasonGroup, shown: PageContext): object {
  return {
    count: countOf(tests.length, 'test'),
    because: linkedReason(reason, shown),
    tests: tests.map((test) => ({
      id: test.id,
      title: test.title,
      level: test.requirement.level,
      anchor: shown.anchors.get(test),
      ...(test.listed ? { listed: listedText(test.listed) } : {}),
    })),
  }
}
