// The JSON Schema of Slack's blocks, made from the types that Slack publishes.
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { createGenerator } from "ts-json-schema-generator";

const path = fileURLToPath(import.meta.resolve("@slack/types")).replace(/\.js$/, ".d.ts");
const generator = createGenerator({ path, skipTypeCheck: true, additionalProperties: false });
const schema = Object.fromEntries(Object.entries(generator.createSchema("KnownBlock")));
const validate = new Ajv({ strict: false }).compile(schema);

/** What is wrong with a block by Slack's own types; empty when nothing is. */
export function blockFaults(block: unknown): readonly string[] {
	return validate(block)
		? []
		: (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
