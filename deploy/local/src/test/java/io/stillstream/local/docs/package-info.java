/** Texts whose commands are run as they are written. */
package io.stillstream.local.docs;
