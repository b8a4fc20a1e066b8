/** The results of a load run as JSON and as Markdown. */
package io.stillstream.bench.load.report;
