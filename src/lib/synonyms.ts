// Words that people use for each other: what is called failed elsewhere is an error here.

/** In each group, any word may stand for any other. A word may be in several. */
const GROUPS: readonly (readonly string[])[] = [
	[
		"failure",
		"failed",
		"fail",
		"fails",
		"failing",
		"error",
		"errored",
		"errors",
		"err",
		"broken",
		"timed_out",
		"timeout",
	],
	[
		"success",
		"succeeded",
		"succeed",
		"successful",
		"complete",
		"completed",
		"done",
		"finished",
		"finish",
		"end",
		"ended",
		"ok",
		"passed",
		"pass",
	],
	["start", "started", "starts", "starting", "begin", "begins", "began"],
	["cancelled", "canceled", "cancel", "aborted", "stopped", "skipped"],
	["warning", "warn", "warnings", "medium"],
	["info", "information", "notice", "neutral", "debug"],
	["abort", "fail", "failed", "failure", "error", "stop", "block", "exit", "halt", "deny", "break", "true"],
	["warn", "warning", "continue", "log", "notify", "annotate"],
	["ignore", "none", "skip", "silent", "off", "never", "allow", "pass", "false"],
	["critical", "fatal", "emergency", "highest", "urgent", "max"],
	["generic", "webhook", "http", "https", "custom", "json", "raw", "none"],
	["teams", "msteams", "office365", "o365"],
	["google_chat", "gchat", "hangouts", "chat"],
	["pagerduty", "pd"],
	["incident_io", "incident"],
	["pwsh", "powershell", "ps"],
	["sh", "shell", "posix", "dash"],
	["cmd", "batch", "bat"],
	["github", "sha256", "hmac", "hub"],
	["standard", "svix"],
];

/** A candidate that is the written name with one word in place of another that people use for it. */
export function synonym(written: string, candidates: Iterable<string>): string | undefined {
	const words = wordsOf(written.slice(0, 100));
	const meant = words.flatMap((word, index) =>
		GROUPS.filter((group) => group.includes(word)).flatMap((group) =>
			group.map((other) => words.with(index, other).join("").replaceAll("_", "")),
		),
	);
	if (meant.length === 0) return undefined;
	const byWords = new Map(Array.from(candidates, (name) => [wordsOf(name).join("").replaceAll("_", ""), name]));
	return byWords.get(words.join("")) ?? meant.map((name) => byWords.get(name)).find((name) => name !== undefined);
}

function wordsOf(name: string): string[] {
	return name
		.replaceAll(/([a-z\d])([A-Z])/g, "$1_$2")
		.toLowerCase()
		.split(/[-_. ]+/)
		.filter((word) => word !== "");
}
