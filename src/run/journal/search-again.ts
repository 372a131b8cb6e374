import type { KnownSecrets } from '../../model/secrets/known-secrets.ts'
import type { JournalFile } from './journal-file.ts'
import { hiddenAgain } from './journaled-event.ts'

/** Searches the lines of a journal again if more is known to be secret; at the end in any case, before that as long as it takes little time. */
export type JournalSearch = (secrets: Pick<KnownSecrets, 'hide' | 'size'>, when: 'now' | 'at the end') => void

/** Searching so many bytes takes a tenth of a second. */
const spareBytes = 4 << 20
/** How often each byte of a journal is searched at most until the end: a server may issue a secret in each response. */
const mostOften = 4

/** Prepares the search of a journal. */
export function openJournalSearch(file: JournalFile): JournalSearch {
  let known = 0
  let searched = 0
  return ({ hide, size }, when) => {
    if (size === known) return
    if (when === 'now' && searched > spareBytes + mostOften * file.length) return
    known = size
    searched += file.length
    file.replace((text) => hiddenAgain(text, hide))
  }
}
