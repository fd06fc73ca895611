// Errors of this program or of what is loaded into it, which quote the secrets that they have seen.
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { CRASH, MOMENTS } from "../helpers/crash.ts";
import { configOf, runMarkedAction, runMarkedCommand, withMarkers } from "../helpers/marked.ts";
import { workspace } from "../helpers/runner.ts";
import { startServer } from "../helpers/server.ts";

vi.setConfig({ testTimeout: 60_000 });

test.each(MOMENTS)("a crash %s tells nothing of the secrets that its error quotes", (moment) =>
	withMarkers(async (given) => {
		// What a config has as a literal is known only once it has been read.
		const known = moment.includes("config") ? { ...given, literal: false } : given;
		const server = await startServer({ status: 200, body: "ok" });
		const config = configOf(server.url, known);
		const preload = join(workspace({ "crash.cjs": CRASH }), "crash.cjs");
		const env = { NODE_OPTIONS: `--require ${preload}`, CRASH: moment };
		const files = { "print.sh": "sleep 0.5\n" };
		const told = [
			await runMarkedAction(known, { config, files, env }),
			await runMarkedCommand(known, ["fire", "pipeline_error"], { config, files, env }),
		];
		expect(told[0]?.shown).toMatch(/crashed/);
		if (moment !== "while the results are written") expect(told[1]?.shown).toMatch(/crashed/);
		return told;
	}),
);
