// The messages of the README's pictures: what the hooks of a config say of a load that failed at night.

export const FOLDER = "docs/pictures";
/** The page that the pictures are taken of. */
export const PAGE = `${FOLDER}/messages.html`;

/** The hooks with a picture, by name. */
export const NAMES = ["slack", "teams", "discord"] as const;
export const THEMES = ["light", "dark"] as const;

export const PICTURED = {
	config: NAMES.map(
		(name) => `[[hook.webhooks.pipeline_error]]
name   = "${name}"
url    = "https://example.com/${name}"
preset = "${name}"
links  = { Runbook = "https://wiki.acme.example/{{table}}" }
`,
	).join("\n"),
	args: ["pipeline_error", "--table", "dim_orders", "--duration-ms", "125000", "--job-id", "51725241954"],
	context: {
		id: "evt_1",
		timestamp: "2026-04-02T03:12:10Z",
		owners: ["data-platform"],
		error: `Traceback (most recent call last):
  File "/home/runner/work/warehouse/load.py", line 41, in <module>
    load("dim_orders")
  File "/home/runner/work/warehouse/load.py", line 27, in load
    cursor.execute(statement)
psycopg.errors.UndefinedColumn: column "customer_tier" does not exist`,
	},
	env: {
		GITHUB_ACTIONS: "true",
		GITHUB_EVENT_NAME: "schedule",
		GITHUB_REPOSITORY: "acme/warehouse",
		GITHUB_REF_NAME: "main",
		GITHUB_REF_TYPE: "branch",
		GITHUB_SHA: "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d",
		GITHUB_ACTOR: "octocat",
		GITHUB_WORKFLOW: "nightly",
		GITHUB_JOB: "load",
		GITHUB_RUN_ID: "42",
		GITHUB_RUN_ATTEMPT: "1",
		GITHUB_SERVER_URL: "https://github.com",
		// A card's times are shown in the reader's zone and language.
		TZ: "UTC",
		LANG: "en_US.UTF-8",
	},
} as const;

/** The arguments of the command that writes the page. */
export function renderArgs(page: string): readonly string[] {
	return ["render", ...PICTURED.args, "--context", JSON.stringify(PICTURED.context), "--html", page];
}

export function pictureOf(name: string, theme: string): string {
	return `${FOLDER}/${name}-${theme}.png`;
}
