// The JSON Schema of configs, as the command prints it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCommand, workspace } from "../helpers/runner.ts";

test("validate --schema prints the published schema, and needs no config", async () => {
	const published = readFileSync(join(import.meta.dirname, "../../schema/pipeline-hooks.schema.json"), "utf8");
	const run = await runCommand(["validate", "--schema"], { workspace: workspace({}) });
	expect(run).toMatchObject({ code: 0, stdout: published, stderr: "" });
});
