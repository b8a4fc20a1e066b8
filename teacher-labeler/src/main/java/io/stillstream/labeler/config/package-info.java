/** Settings of the labeler, and the ACLs that follow from them. */
package io.stillstream.labeler.config;
