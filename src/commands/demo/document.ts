// The demo as one JSON document.
import { resultsDocument } from "../../report/json.ts";
import type { Played } from "./play.ts";
import { receiptsOf } from "./receipts.ts";

/** What `demo --json` writes; secrets blanked. */
export function demoDocument({ fired, received, durationMs, mask }: Played, problems: readonly string[]) {
	return {
		ok: problems.length === 0,
		problems: problems.map(mask),
		duration_ms: Math.round(durationMs),
		events: fired.map(({ run, report }) => ({ run: run.title, ...resultsDocument(report, mask) })),
		received: receiptsOf(received).map((receipt) => ({ ...receipt, reads: mask(receipt.reads) })),
	};
}
