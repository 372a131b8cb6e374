import { attachmentContentChecks } from './exchange/connection/attachment-content.ts'
import { exportOperationChecks } from './exchange/export-operation.ts'
import { declaredSupportChecks } from './exchange/declared-support.ts'
import type { Check, Picker } from './check.ts'
import { encodingChecks } from './exchange/encoding.ts'
import { jobsEndChecks } from './exchange/jobs-end.ts'
import { wholeResponseChecks } from './exchange/whole-response.ts'
import { elementChecks } from './index/elements.ts'
import { httpsChecks } from './exchange/stays-on-https.ts'
import { headerChecks } from './exchange/header.ts'
import { jobChecks } from './exchange/jobs.ts'
import { jsonChecks } from './exchange/json-body.ts'
import { compartmentChecks } from './index/compartments.ts'
import { linesChecks } from './lines/registry.ts'
import { notAnsweredWithChecks } from './exchange/not-answered-with.ts'
import { linkedManifestChecks } from './exchange/linked-manifests.ts'
import { everyManifestChecks } from './exchange/every-manifest.ts'
import { manifestChecks } from './exchange/manifest.ts'
import { manifestFileChecks } from './exchange/manifest-files.ts'
import { manifestConsistencyChecks } from './exchange/manifest-consistency.ts'
import { sinceTypeFilterChecks } from './index/since-type-filter.ts'
import { errorResponseChecks } from './exchange/error-response.ts'
import { patientChecks } from './index/patients.ts'
import { filePicks } from './picks/files.ts'
import { attachmentPicks } from './picks/attachments.ts'
import { namedPicks } from './picks/named.ts'
import { exportPicks } from './picks/export.ts'
import { scopeChecks } from './exchange/granted-scope.ts'
import { duplicateChecks } from './index/duplicates.ts'
import { exportContentChecks } from './index/export-contents.ts'
import { resourceSetChecks } from './index/resource-sets.ts'
import { statusChecks } from './exchange/status.ts'
import { keySetChecks } from './exchange/connection/key-set.ts'
import { provenanceChecks } from './index/provenance.ts'
import { cohortChecks } from './index/cohorts.ts'
import { calculatedGroupChecks } from './exchange/connection/members-refreshed.ts'
import { writeChecks } from './exchange/connection/write-ends.ts'
import { tlsChecks } from './exchange/connection/tls.ts'

/** All checks: the keys under `expect`. */
export const checks: readonly Check[] = [
  ...statusChecks,
  ...notAnsweredWithChecks,
  ...wholeResponseChecks,
  ...jobsEndChecks,
  ...jobChecks,
  ...headerChecks,
  ...httpsChecks,
  ...jsonChecks,
  ...encodingChecks,
  ...errorResponseChecks,
  ...scopeChecks,
  ...attachmentContentChecks,
  ...tlsChecks,
  ...writeChecks,
  ...calculatedGroupChecks,
  ...keySetChecks,
  ...exportOperationChecks,
  ...declaredSupportChecks,
  ...manifestChecks,
  ...manifestConsistencyChecks,
  ...everyManifestChecks,
  ...linkedManifestChecks,
  ...manifestFileChecks,
  ...linesChecks,
  ...resourceSetChecks,
  ...duplicateChecks,
  ...exportContentChecks,
  ...compartmentChecks,
  ...patientChecks,
  ...cohortChecks,
  ...provenanceChecks,
  ...sinceTypeFilterChecks,
  ...elementChecks,
]

/** All picks: what a reference can take from another probe. */
export const picks: readonly Picker[] = [...exportPicks, ...namedPicks, ...filePicks, ...attachmentPicks]
