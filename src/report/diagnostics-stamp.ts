import type { RunResult } from '../model/result.ts'

/** What every report says that shows texts of the server; `undefined` for other reports. */
export function diagnosticsStamp({ showsDiagnostics }: RunResult): string | undefined {
  return showsDiagnostics
    ? 'This report shows texts that the server wrote about requests (--show-diagnostics). They may contain data of patients.'
    : undefined
}
