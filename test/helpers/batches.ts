// A job whose steps hold events for batches, and the server that gets those.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type ActionRun, runAction, runCommand, workspace } from "./runner.ts";
import { type Reply, startServer } from "./server.ts";

export const SECRET = "a-secret-of-the-hook";
export const OK: Reply = { status: 200 };

/** The config of a hook that makes batches of five; `more` are keys of it, too. */
export const hook = (url: string, more = "") => `
[[subscription]]
name = "audit"
events = ["*"]
url = "${url}"
secret = "\${HOOK_SECRET}"
batch_size = 5
retry_delay_ms = 100
${more}
`;

/** Of a batch, as the generic preset posts it. */
export interface Body {
	readonly events: readonly { readonly event: string; readonly id: string }[];
}

/** A job, its steps, and what its receiver gets; `config` is told the receiver's URL. */
export async function setUp(config: (url: string) => string, ...replies: readonly Reply[]) {
	const server = await startServer(...replies);
	const folder = workspace({ "pipeline-hooks.toml": config(server.url) });
	const temp = workspace();
	const env = { RUNNER_TEMP: temp, HOOK_SECRET: SECRET };
	const step = (event: string, more: Readonly<Record<string, string>> = {}): Promise<ActionRun> =>
		runAction({ inputs: { event }, workspace: folder, env: { ...env, ...more } });
	const flush = (more: Readonly<Record<string, string>> = {}) => {
		const job = {
			GITHUB_EVENT_NAME: "push",
			GITHUB_RUN_ID: "42",
			GITHUB_RUN_ATTEMPT: "1",
			GITHUB_JOB: "load",
			GITHUB_WORKSPACE: folder,
		};
		return runCommand(["flush"], { workspace: folder, env: { ...env, GITHUB_ACTIONS: "true", ...job, ...more } });
	};
	const bodies = () => server.requests.map(({ body }): Body => JSON.parse(body));
	const sent = () => bodies().map(({ events }) => events.map(({ event }) => event));
	return { server, folder, temp, env, step, flush, bodies, sent };
}

/** The config of the job, as it is now. */
export function configIn(folder: string): string {
	return readFileSync(join(folder, "pipeline-hooks.toml"), "utf8");
}

/** The ids of held events, oldest first. */
export function heldIn(temp: string): readonly string[] {
	return inStore(temp, (database) => database.prepare("SELECT id FROM items ORDER BY seq").all()).map(({ id }) =>
		String(id),
	);
}

/** What a test does to a store itself; nothing where there is none. */
export function inStore<T>(temp: string, work: (database: DatabaseSync) => readonly T[]): readonly T[] {
	return storesIn(temp).flatMap((file) => {
		const database = new DatabaseSync(file);
		try {
			return work(database);
		} finally {
			database.close();
		}
	});
}

/** The files of the stores of a job. */
export function storesIn(temp: string): readonly string[] {
	const names = readdirSync(temp, { recursive: true, encoding: "utf8" });
	return names.filter((name) => name.endsWith("store.db")).map((name) => join(temp, name));
}
