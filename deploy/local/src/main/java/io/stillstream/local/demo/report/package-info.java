/** What the demo reports: progress, the final summary, accuracy and a picture of views. */
package io.stillstream.local.demo.report;
