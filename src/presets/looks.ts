// How a status is shown, in every service.

import type { Status } from "../model/event.ts";

/** The worst first; where nothing went wrong, an end before a beginning, since what has ended has begun. */
export const RANK: readonly Status[] = ["failure", "cancelled", "warning", "success", "started", "info"];

interface Look {
	readonly mark: string;
	/** As `#rrggbb`, where a service takes any colour. */
	readonly color: string;
	readonly severity: "error" | "warning" | "info";
	/** After a number of events. */
	readonly counted: string;
}

export const LOOKS: Readonly<Record<Status, Look>> = {
	started: { mark: "▶️", color: "#3498db", severity: "info", counted: "started" },
	success: { mark: "✅", color: "#2ecc71", severity: "info", counted: "succeeded" },
	failure: { mark: "❌", color: "#e74c3c", severity: "error", counted: "failed" },
	cancelled: { mark: "⏹️", color: "#95a5a6", severity: "warning", counted: "cancelled" },
	info: { mark: "ℹ️", color: "#3498db", severity: "info", counted: "info" },
	warning: { mark: "⚠️", color: "#f1c40f", severity: "warning", counted: "warning" },
};
