/* How far SSH goes for an old device, as the inventory says for each. */
#ifndef NETFAN_TRANSPORT_SSH_LEGACY_H
#define NETFAN_TRANSPORT_SSH_LEGACY_H

enum legacy {
	LEGACY_DEFAULT, /* SHA-1 and CBC last, broken algorithms never */
	LEGACY_ON, /* broken ones too, last */
	LEGACY_OFF, /* neither SHA-1 and CBC nor broken ones */
};

#endif
