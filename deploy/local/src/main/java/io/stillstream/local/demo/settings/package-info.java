/**
 * Settings of a demo, and those of them that must stay the same over the life of its directory. A
 * package of its own since commands and demo both depend on it.
 */
package io.stillstream.local.demo.settings;
