/**
 * The HTTP server of the management port: metrics, health, information, and the endpoints, event
 * streams and static files that services add. Depends on neither Kafka nor records.
 */
package io.stillstream.runtime.http;
