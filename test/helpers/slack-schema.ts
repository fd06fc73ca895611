// The JSON Schema of Slack's blocks and attachments, made from the types that Slack publishes, with their lengths.
import { fileURLToPath } from "node:url";
import { Ajv, type ErrorObject } from "ajv";
import { createGenerator } from "ts-json-schema-generator";
import { isObject } from "../../src/lib/json.ts";

/** Slack's types say in words how long a text and how many items may be. */
const LENGTH = /maximum length[^.]*? (?:is|of)\s+([\d,]+) characters/i;
const ITEMS = /maximum (?:number of items is|of) (\d+)/i;

const path = fileURLToPath(import.meta.resolve("@slack/types")).replace(/\.js$/, ".d.ts");
const generator = createGenerator({ path, skipTypeCheck: true, additionalProperties: false });
const ajv = new Ajv({ strict: false });
const validateBlock = ajv.compile(schemaOf("KnownBlock"));
const validateAttachment = ajv.compile(schemaOf("MessageAttachment"));

/** What is wrong with a block by Slack's own types and lengths; empty when nothing is. */
export function blockFaults(block: unknown): readonly string[] {
	return validateBlock(block) ? [] : faults(validateBlock.errors);
}

/** What is wrong with an attachment, and with each of its blocks. */
export function attachmentFaults(attachment: unknown): readonly string[] {
	const own = validateAttachment(attachment) ? [] : faults(validateAttachment.errors);
	const blocks = isObject(attachment) && Array.isArray(attachment["blocks"]) ? attachment["blocks"] : [];
	return [...own, ...blocks.flatMap(blockFaults)];
}

function faults(errors: readonly ErrorObject[] | null | undefined): readonly string[] {
	return (errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

function schemaOf(type: string): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(generator.createSchema(type)).map(([key, value]) => [key, withLengths(value)]),
	);
}

function withLengths(schema: unknown): unknown {
	if (Array.isArray(schema)) return schema.map(withLengths);
	if (!isObject(schema)) return schema;
	const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, withLengths(value)]));
	const said = schema["description"];
	if (typeof said !== "string") return inner;
	const number = (pattern: RegExp) => Number(pattern.exec(said)?.[1]?.replace(",", "") ?? Number.NaN);
	const [length, items] = [number(LENGTH), number(ITEMS)];
	const text = Number.isNaN(length)
		? {}
		: schema["type"] === "string"
			? { minLength: 1, maxLength: length }
			: { properties: { text: { minLength: 1, maxLength: length } } };
	const isList = schema["type"] === "array";
	return { ...inner, ...(isList ? (Number.isNaN(items) ? {} : { maxItems: items }) : text) };
}
