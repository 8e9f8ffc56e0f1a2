//! Where the addresses lead that OneDrive lends for one upload, download or copy: to Microsoft only (S-16).
//! They get no token (S-11).

use wharf_egress::Issuer;

/// Where Microsoft's addresses lead that need no token, and that only: whoever may be beneath one of these
/// names is Microsoft, or a customer's library at Microsoft.
///
/// `sharepoint.com` and its like in the clouds for the United States' government and in China are the
/// libraries of work and school accounts; the others are where personal accounts have theirs.
/// <https://learn.microsoft.com/microsoft-365/enterprise/urls-and-ip-address-ranges>
pub(crate) const HOSTS: Issuer<'_> = Issuer::Hosts(&[
    "sharepoint.com",
    "sharepoint.us",
    "sharepoint-mil.us",
    "dps.mil",
    "sharepoint.cn",
    "1drv.com",
    "onedrive.com",
    "microsoftpersonalcontent.com",
]);
