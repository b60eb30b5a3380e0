//! The filter that is sent (RFC 4515).

use ldap3::ldap_escape;

/// What stands for the number in a template.
const NUMBER: &str = "{number}";

/// The template with the conditions in it: one of the attributes is one of the forms.
pub(super) fn of(template: &str, attributes: &[String], forms: &[String]) -> String {
    let mut conditions = String::from("(|");
    for attribute in attributes {
        for form in forms {
            conditions.extend(["(", attribute, "=", &ldap_escape(form.as_str()), ")"]);
        }
    }
    conditions.push(')');
    template.replace(NUMBER, &conditions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_cannot_leave_their_condition() {
        let filter = of(
            "(&(objectClass=person){number})",
            &["mobile".into(), "ipPhone".into()],
            &["+33 1".into(), "*)(uid=*".into(), "\\\0".into()],
        );
        assert_eq!(
            filter,
            "(&(objectClass=person)(|(mobile=+33 1)(mobile=\\2a\\29\\28uid=\\2a)(mobile=\\5c\\00)\
             (ipPhone=+33 1)(ipPhone=\\2a\\29\\28uid=\\2a)(ipPhone=\\5c\\00)))"
        );
    }
}
