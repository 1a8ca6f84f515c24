import { AppBridge, PostMessageTransport } from "@modelcontextprotocol/ext-apps/app-bridge";

Object.assign(globalThis, { AppBridge, PostMessageTransport });
