import { originOf } from '../../model/http/url.ts'
import { type Reason, stated } from '../../model/reason.ts'
import type { Picker, PickSource } from '../check.ts'
import type { AttachmentSample } from '../../model/fhir/attachment.ts'

type NoAttachment = { readonly reason: Reason }

const originOfExport = ({ evidence }: PickSource) =>
  evidence.probe === 'export' ? originOf(evidence.sent.url) : undefined

/** The attachment that is retrieved: one on the server itself before any other. */
function chosen(source: PickSource): AttachmentSample | NoAttachment {
  return own(source) ?? source.attachments?.[0] ?? none('no attachment with an http or https URL was read')
}

function own(source: PickSource): AttachmentSample | undefined {
  return source.attachments?.find((it) => originOf(it.url) === originOfExport(source))
}

function none(text: string): NoAttachment {
  return { reason: stated(text) }
}

/** Picks of an attachment whose content is not in its resource; they need a claim with the check `attachments: absolute-url`. */
export const attachmentPicks: readonly Picker[] = [
  {
    name: 'attachmentUrl',
    states:
      'The URL of an attachment; needs a test with the check `attachments: absolute-url` on the same export.',
    needs: 'files',
    sensitive: true,
    from(source) {
      const it = chosen(source)
      return 'reason' in it ? it : it.url
    },
  },
  {
    name: 'ownAttachmentUrl',
    states: 'The URL of an attachment at the origin of the FHIR base; needs the same.',
    needs: 'files',
    sensitive: true,
    from: (source) => own(source)?.url ?? none('no attachment is at the origin of the FHIR base'),
  },
  {
    name: 'attachmentFacts',
    states: 'The size, hash and media type of the attachment at `attachmentUrl`, each empty if it is absent.',
    needs: 'files',
    from(source) {
      const it = chosen(source)
      if ('reason' in it) return it
      return [it.size === undefined ? '' : String(it.size), it.hash ?? '', it.contentType ?? '']
    },
  },
]
